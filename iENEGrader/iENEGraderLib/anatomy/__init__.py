"""Names, codes and roles of the structures of the neck."""

from iENEGraderLib.anatomy.structures import Code, Role, Structure, load_structures, structure_for

__all__ = ["Code", "Role", "Structure", "load_structures", "structure_for"]
