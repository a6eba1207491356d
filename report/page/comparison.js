// The page of `hypar compare`.
"use strict";
