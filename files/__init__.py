"""Files of workspaces and allowed roots: list, read, write, upload, download, search; images for agents."""
