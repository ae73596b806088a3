"""What others build against, generated from the domain: schemas of the events, OpenAPI, examples; `build` writes them."""
