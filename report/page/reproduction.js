// The page of `hypar reproduce`.
"use strict";
