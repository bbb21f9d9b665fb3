"""Who may see the site: audiences, links, members, as the owner's commands change them."""
