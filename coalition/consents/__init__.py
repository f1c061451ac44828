"""What people agreed to, and addresses that must not get mail."""
