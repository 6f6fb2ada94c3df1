"""The nodes: listed, added, edited, proposed and measured."""
