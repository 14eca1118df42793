"""The API as generated from its document: models, bodies, resources."""
