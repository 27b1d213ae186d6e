"""Vista Connect (WSVistaWebClient) of an invented chain, from public facts about its wire protocol."""

from muvi_sandbox.config import SandboxConfig
from muvi_sandbox.faults import Faults
from muvi_sandbox.truth import Truth
from muvi_sandbox.vista.sandbox import VistaSandbox


def create(config: SandboxConfig, truth: Truth, faults: Faults) -> VistaSandbox:
    """Build this system for the shell."""
    return VistaSandbox(config, truth, faults)
