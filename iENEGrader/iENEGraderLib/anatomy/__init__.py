"""Names, codes and roles of the structures of the neck."""

from iENEGraderLib.anatomy.structures import Code, Encasement, Role, Structure, load_structures, structure_for

__all__ = ["Code", "Encasement", "Role", "Structure", "load_structures", "structure_for"]
