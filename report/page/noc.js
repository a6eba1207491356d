// The page of `hypar noc`.
"use strict";
