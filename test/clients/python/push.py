"""Pushes with datasets and transformers, loads again, and prints the results as JSON: `push.py <namespace>`."""

import contextlib
import json
import pathlib
import sys

from datasets import Dataset, DatasetDict, load_dataset
from huggingface_hub import HfApi, ModelHubMixin
from transformers import AutoConfig, GPT2Config, PreTrainedTokenizerFast
from tokenizers import Tokenizer, models

namespace = sys.argv[1]


class Weights(ModelHubMixin):
    """A model without a framework, whose weights are bytes."""

    def __init__(self, content: bytes = b""):
        self.content = content

    def _save_pretrained(self, save_directory):
        (pathlib.Path(save_directory) / "model.safetensors").write_bytes(self.content)

    @classmethod
    def _from_pretrained(cls, *, model_id, revision, cache_dir, token, local_files_only, force_download, **_):
        from huggingface_hub import hf_hub_download

        path = hf_hub_download(model_id, "model.safetensors", revision=revision, cache_dir=cache_dir, token=token)
        return cls(pathlib.Path(path).read_bytes())


with contextlib.redirect_stdout(sys.stderr):
    rows = {"text": [f"row {number}" for number in range(1000)], "number": list(range(1000))}
    splits = DatasetDict({"train": Dataset.from_dict(rows), "test": Dataset.from_dict({"text": ["last"], "number": [7]})})
    splits.push_to_hub(f"{namespace}/pushed-rows", private=True)
    splits.push_to_hub(f"{namespace}/pushed-rows")
    loaded = load_dataset(f"{namespace}/pushed-rows")
    streamed = next(iter(load_dataset(f"{namespace}/pushed-rows", split="test", streaming=True)))

    GPT2Config(n_layer=3, n_head=2).push_to_hub(f"{namespace}/pushed-model")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"a": 0, "[UNK]": 1}, "[UNK]")))
    tokenizer.push_to_hub(f"{namespace}/pushed-model")
    config = AutoConfig.from_pretrained(f"{namespace}/pushed-model")
    words = PreTrainedTokenizerFast.from_pretrained(f"{namespace}/pushed-model").get_vocab()

    content = bytes(number % 251 for number in range(12_000_000))
    Weights(content).push_to_hub(f"{namespace}/pushed-weights")
    weights = Weights.from_pretrained(f"{namespace}/pushed-weights").content
    info = HfApi().model_info(f"{namespace}/pushed-weights")

json.dump(
    {
        "rows": {split: len(data) for split, data in loaded.items()},
        "same": loaded["train"].to_dict() == rows,
        "streamed": streamed,
        "private": HfApi().dataset_info(f"{namespace}/pushed-rows").private,
        "layers": config.n_layer,
        "words": words,
        "weights": weights == content,
        "tags": info.tags,
    },
    sys.stdout,
)
