"""Relations: contacts, touches, tickets, goals and the published score."""
