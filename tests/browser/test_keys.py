"""What a script adds to the pages: keys, and the answer beside the quick-add field."""

from tests.browser.test_sign_in import sign_in


def test_keys_go_places_and_write_things_down(office, browse):
    def work(page):
        sign_in(page, office)
        page.keyboard.press("?")
        page.wait_for_selector("dialog[open]")
        assert "n Notes" in page.inner_text("[data-keys]")
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog[open]", state="hidden")
        page.keyboard.press("g")
        page.keyboard.press("n")
        page.wait_for_url(f"{office}/notes")
        page.keyboard.press("q")
        page.keyboard.type("call the bank tomorrow at 3pm")
        page.keyboard.press("Enter")
        page.wait_for_selector(".understood .added")
        assert "Call the bank" in page.inner_text(".understood")
        assert page.input_value("#quick-text") == ""
        page.click(".understood .undo button")
        page.wait_for_selector("text=“Call the bank” is taken back.")
        return page.url

    assert browse(work) == f"{office}/notes"
