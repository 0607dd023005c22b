"""How Sokuji's Python side is made. Programs import sokuji or sokuji.v1; what lies here moves without notice."""
