"""The judgement: facts to verdict, pure. No clock, no network, no storage."""
