"""What a thing seen on a page means: whose host it is, which tag, which consent platform. Pure."""
