"""What the pages share: the frame around them, the session, the workbench, and a few widgets."""
