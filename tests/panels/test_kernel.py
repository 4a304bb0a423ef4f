"""What the browser sends, sent to a real kernel without a browser: a slider's message changes logic and picture."""

import ast

import pytest
from jupyter_client.manager import start_new_kernel

SETUP = """
from bplearn.widgets import landscape
panel = landscape("parabola", 0.1)
panel.logic.step(3)
def slider():
    found = []
    def walk(widget):
        found.append(widget)
        for child in getattr(widget, "children", ()):
            walk(child)
    walk(panel)
    return next(w for w in found if type(w).__name__ == "Dial")
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_message_of_the_slider_reaches_logic_and_picture():
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        client.execute_interactive(SETUP, timeout=60)

        def ask(expression):
            reply = client.execute("", user_expressions={"x": expression}, reply=True, timeout=30)
            return ast.literal_eval(reply["content"]["user_expressions"]["x"]["data"]["text/plain"])

        comm = ask("slider().comm.comm_id")
        content = {"comm_id": comm, "data": {"method": "update", "state": {"value": 0.5}, "buffer_paths": []}}
        client.shell_channel.send(client.session.msg("comm_msg", content))
        assert ask("(panel.logic.learning_rate, panel.logic.verdict().word)") == (0.5, "good")
        assert ask("'at 0, cost 0.' in panel._views[1][0].content") is True
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
