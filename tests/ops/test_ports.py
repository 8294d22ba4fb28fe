"""Ports for processes."""

from ops.ports import FIRST, LAST, free_port, free_ports


def test_no_port_is_given_twice() -> None:
    ports = [*free_ports(20), *(free_port() for _ in range(20))]
    assert len(set(ports)) == 40
    assert all(FIRST <= port < LAST for port in ports)
