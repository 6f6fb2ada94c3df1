"""Scene helpers that any module uses: volumes, folders, nodes that are not saved, pictures of views."""
