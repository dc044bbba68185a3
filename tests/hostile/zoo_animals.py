"""All animals of the zoo."""

from __future__ import annotations

from hostile.zoo_books import book_animals
from hostile.zoo_cells import cell_animals
from hostile.zoo_texts import text_animals

ANIMALS = (*book_animals(), *cell_animals(), *text_animals())
