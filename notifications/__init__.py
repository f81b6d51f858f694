"""Word to people whose page is closed, by Web Push: who wants it where, what is news, and the way to their browsers."""
