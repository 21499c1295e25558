"""Every sentence the assistant says, in French and English, and how outcomes are put into replies."""
