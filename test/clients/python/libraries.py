"""Loads a dataset and models with datasets and transformers, and prints the results as JSON: `libraries.py <dataset> <model…>`."""

import contextlib
import json
import sys

from datasets import load_dataset
from transformers import AutoConfig

dataset, *models = sys.argv[1:]
with contextlib.redirect_stdout(sys.stderr):
    rows = {split: data.to_list() for split, data in load_dataset(dataset).items()}
    streamed = list(load_dataset(dataset, split="train", streaming=True))
    configs = {model: AutoConfig.from_pretrained(model).to_dict() for model in models}
json.dump({"rows": rows, "streamed": streamed, "configs": configs}, sys.stdout)
