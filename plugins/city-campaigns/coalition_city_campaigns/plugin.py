"""What this plugin answers. One screen, no logic."""
