"""What many processes of one user do at once."""
