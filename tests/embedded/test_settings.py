import socket

from config.embedded.dotenv import with_env_file
from config.embedded.ports import PortChooser, is_free


def test_env_lines_are_read_and_the_environment_wins(tmp_path):
    file = tmp_path / ".env"
    file.write_text(
        '# a comment\n\nexport PORT=8080\nNAME = "a # b"  # said twice\nPLAIN=x y # comment\n'
        "TOKEN=a#b\nEMPTY=\nno line\nREDIS_URL='redis://file'\nURL=postgresql://u:p=1@h/db?a=b\n"
    )
    found = with_env_file({"REDIS_URL": "redis://outer", "PORT": ""}, file)
    assert found == {
        "PORT": "8080",
        "NAME": "a # b",
        "PLAIN": "x y",
        "TOKEN": "a#b",
        "EMPTY": "",
        "REDIS_URL": "redis://outer",
        "URL": "postgresql://u:p=1@h/db?a=b",
    }


def test_a_missing_env_file_has_no_settings(tmp_path):
    assert with_env_file({"A": "1"}, tmp_path / ".env") == {"A": "1"}


def test_a_taken_port_is_replaced_by_another():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        chosen = PortChooser().choose(taken)
        assert not is_free(taken)
        assert chosen != taken
        assert is_free(chosen)


def test_a_port_is_given_out_once():
    chooser = PortChooser()
    first = chooser.choose_any()
    assert chooser.choose(first) != first


def test_a_held_port_looks_taken_until_it_is_released():
    chooser = PortChooser()
    port = chooser.choose_any()
    chooser.hold(port, "127.0.0.1")
    assert PortChooser().choose(port) != port
    chooser.release()
    assert PortChooser().choose(port) == port
