from tests.scans.classify.rules.judging import check, make


def test_the_document_is_recorded_and_not_told():
    for payment in (False, True):
        change = make("dom", "changed", "document", before={"normalised": "a"}, after={"normalised": "b"}, payment=payment)
        check(change, "info", "dom.changed", "The content changed")
