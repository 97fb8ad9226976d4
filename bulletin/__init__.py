"""The public site: published notices and nothing else. Holds no key, opens no state database."""
