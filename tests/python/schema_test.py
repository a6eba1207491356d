"""The schemas are ones, as another program sees it."""

import json
import unittest

from support import needs, run_program


class Schemas(unittest.TestCase):
    @needs("jsonschema", "python3-jsonschema")
    def test_are_valid_and_tell_right_from_wrong(self):
        import jsonschema

        validators = {}
        for kind in ("experiment", "network", "array", "sweep", "plan"):
            schema = json.loads(run_program("schema", kind))
            jsonschema.Draft7Validator.check_schema(schema)
            validators[kind] = jsonschema.Draft7Validator(schema)
        right = {"network": "vgg-a", "strategy": {"plan": ["0", "?"]}, "array": {"base": "hpca19", "clock": "1 GHz"}}
        self.assertTrue(validators["experiment"].is_valid(right))
        self.assertTrue(validators["plan"].is_valid(right))
        self.assertTrue(validators["sweep"].is_valid({"base": right, "vary": {"batch": [64, 128]}}))
        for wrong in ({"batch": 0}, {"bacth": 64}, {"strategy": {"plan": ["0a"]}}, {"array": {"clock": "1 GHz"}}):
            self.assertFalse(validators["experiment"].is_valid({**right, **wrong}), wrong)
