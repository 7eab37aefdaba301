from __future__ import annotations

import json
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def open_page(page, site, state=""):
    page.goto(f"{site}/experiments/small.html{state}")
    page.wait_for_selector("[data-theme-switch]:visible")


def point(page, x=0.5):
    box = page.locator("#fig-m0 svg").bounding_box()
    left, width = box["x"] + 48 * box["width"] / 580, 412 * box["width"] / 580
    page.mouse.move(left + x * width - 3, box["y"] + 100)
    page.mouse.move(left + x * width, box["y"] + 100)
    page.wait_for_selector("#fig-m0 .readout li:visible")
    page.mouse.move(left + x * width, box["y"] + 110)
    page.wait_for_timeout(60)


def titles(page):
    return page.locator(".readout-title").all_inner_texts()


def test_no_data_is_loaded_before_a_reader_reaches_for_it(page, site):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    open_page(page, site)
    page.wait_for_timeout(150)
    assert not [url for url in asked if "/series/" in url or "/data/" in url]


def test_the_crosshair_is_linked_and_reads_the_logged_values(page, site, until):
    open_page(page, site)
    point(page)
    until("document.querySelectorAll('.readout-title').length === 2")
    assert titles(page) == ["step 50", "step 50"]
    rows = page.locator("#fig-m0 .readout li:visible").all_inner_texts()
    assert len(rows) == 8 and "line 9" in rows[0] and "0.701" in rows[0], rows
    assert page.locator("#fig-m0 .readout-more").inner_text() == "and 2 more"
    assert page.locator("#fig-m1 .crosshair line").get_attribute("x1") == "254"
    assert page.locator("img").count() == 0


def test_arrow_keys_and_buttons_move_it(page, site, until):
    open_page(page, site)
    page.locator("#fig-m0 svg").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#fig-m0 .readout-title")
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    until("document.querySelector('#fig-m0 .readout-title').textContent === 'step 10'")
    page.get_by_role("button", name="Next point").first.click()
    until("document.querySelector('#fig-m0 .readout-title').textContent === 'step 11'")
    assert page.locator("[data-live]").inner_text().startswith("step 11: line 9")


def test_a_frame_of_the_crosshair_is_cheap(page, site, until):
    open_page(page, site)
    point(page)
    until("document.querySelectorAll('.readout-title').length === 2")
    times = page.evaluate("""async () => {
      const svg = document.querySelector('#fig-m0 svg'), box = svg.getBoundingClientRect(), times = [];
      for (let i = 0; i < 60; i += 1) {
        svg.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + 60 + i * 5, clientY: box.top + 50, bubbles: true }));
        await new Promise((done) => requestAnimationFrame(() => { const start = performance.now(); setTimeout(() => { times.push(performance.now() - start); done(); }); }));
      }
      return times.sort((a, b) => a - b);
    }""")
    print(f"crosshair over 2 charts of 10 lines, ms: median {times[30]:.2f}, p95 {times[57]:.2f}")
    assert times[30] < 40


def test_controls_redraw_and_the_address_keeps_them(page, site, until):
    open_page(page, site)
    page.select_option("[data-control=y]", "log")
    page.wait_for_selector("#fig-m0 [data-drawn] path.line", state="attached")
    assert page.locator("#fig-m0 svg > path.line").is_hidden()
    page.evaluate(
        "() => { const s = document.querySelector('[data-control=smoothing]'); s.value = 0.6; s.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    page.wait_for_selector("#fig-m0 [data-drawn] path.raw", state="attached")
    assert "Smoothed 0.6" in page.locator("#fig-m0 figcaption").inner_text()
    page.select_option("[data-control=x]", "time")
    until("document.querySelector('#fig-m0 [data-drawn]').textContent.includes('time')")
    link = page.evaluate("location.href")
    assert all(part in link for part in ("x=time", "y=log", "s=0.6"))
    other = page.context.new_page()
    other.goto(link)
    other.wait_for_selector("#fig-m1 [data-drawn] path.raw", state="attached")
    assert other.locator("[data-control=y]").input_value() == "log"
    page.evaluate("location.hash = ''")
    page.wait_for_selector("#fig-m0 svg > path.line", state="visible")


def download(page, action):
    with page.expect_download() as waiting:
        page.click(f"#fig-m0 [data-action={action}]")
    return waiting.value


def test_figures_can_be_taken_away(page, site):
    open_page(page, site)
    point(page)
    tree = ET.parse(download(page, "svg").path()).getroot()
    line = tree.find(f".//{SVG}path")
    assert line.get("stroke") == "rgb(74, 137, 242)" and line.get("class") is None
    assert tree.find(f"{SVG}title") is not None and not tree.findall(f".//{SVG}circle"), "no crosshair"
    png = download(page, "png").path().read_bytes()
    assert png[:4] == b"\x89PNG" and int.from_bytes(png[16:20], "big") == 1160
    text = download(page, "csv").path().read_bytes().decode()
    assert (
        text.startswith("series,step,time,value,low,high,n\r\nline 0,0,0,0.001")
        and len(text.splitlines()) >= 1010
    )
    figure = json.loads(download(page, "json").path().read_bytes())
    assert len(figure["data"]) == 10 and figure["layout"]["margin"] == {"t": 8, "r": 120, "b": 36, "l": 48}
    assert figure["data"][0]["line"]["color"] == "rgb(74, 137, 242)" and "<img" not in json.dumps(figure)


def test_explore_says_so_when_plotly_is_not_there(browser, site):
    page = browser.new_page()
    open_page(page, site)
    page.click("#fig-m0 [data-action=explore]")
    page.wait_for_selector("#fig-m0 .figure-note:visible")
    assert "hold the same numbers" in page.locator("#fig-m0 .figure-note").inner_text()
    page.close()


def test_explore_draws_with_our_settings_and_follows_the_theme(page, site, until):
    page.route(
        "**/assets/plotly.js",
        lambda route: route.fulfill(
            content_type="text/javascript",
            body="window.calls = []; window.Plotly = { newPlot: async (...a) => calls.push(['new', ...a.slice(1)]), react: (...a) => calls.push(['react', ...a.slice(1)]), purge() {} };",
        ),
    )
    open_page(page, site)
    page.click("#fig-m0 [data-action=explore]")
    until("window.calls && calls.length")
    _, data, layout, config = page.evaluate("calls[0]")
    assert (
        config["showSendToCloud"] is False
        and config["plotlyServerURL"] == ""
        and config["displaylogo"] is False
    )
    assert layout["yaxis"]["range"] == [0.001, 1] and data[0]["line"]["color"] == "rgb(74, 137, 242)"
    page.wait_for_selector("#fig-m0 svg", state="hidden")
    for _ in range(2):
        page.click("[data-theme-switch]")
    assert page.evaluate("calls.at(-1)[1][0].line.color") == "rgb(195, 222, 251)"
    page.click("#fig-m0 [data-action=explore]")
    page.wait_for_selector("#fig-m0 svg", state="visible")
