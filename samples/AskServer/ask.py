#!/usr/bin/env python3
"""Asks a server for predictions, and corrects one, with Python's own library.

  vigie serve --model out/m
  python3 samples/AskServer/ask.py

VIGIE_URL names another server, VIGIE_API_KEY holds a key where it wants one.
"""
import json
import os
import sys
import urllib.error
import urllib.request

URL = os.environ.get("VIGIE_URL", "http://127.0.0.1:5199").rstrip("/")


def post(path, body):
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get("VIGIE_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    request = urllib.request.Request(f"{URL}/v1/{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


try:
    one = post("predict", {"text": "Three hours late and nobody tells us anything"})
    print(f"{one['label']} with {one['confidence']:.0%}, says {one['model']['name']}")
    for each in post("predict/batch", ["Lovely crew, thank you", "Lost my bag again"]):
        print(each["label"], f"{each['probability_positive']:.2f}")
    correction = {"prediction_id": one["prediction_id"], "label": "negative", "reporter": "me", "comment": "a sample"}
    print("corrected:", post("feedback", correction)["feedback_id"])
except urllib.error.HTTPError as refusal:
    sys.exit(f"{URL}: {json.load(refusal)['detail']}")
except urllib.error.URLError as away:
    sys.exit(f"{URL}: {away.reason}")
