"""``energyctl completion``: print the completion script of a shell."""

from __future__ import annotations

from typing import Annotated

import typer

from energyctl.core.commandline import App, Group, session_of
from energyctl.core.completion import Shell, completion_script

app = App()


@app.command("completion")
def print_completion(
    ctx: typer.Context, shell: Annotated[Shell, typer.Argument(metavar="bash|zsh|fish", help="The shell.")]
) -> None:
    """Print the completion script of a shell; it completes commands, options and values without starting energyctl.

    Save it where the shell looks for it (make the directory when it is missing), open a new shell, and press Tab.
    Save it again after an update.

    bash: ~/.local/share/bash-completion/completions/energyctl; without the package bash-completion, save it
    anywhere and source it in ~/.bashrc. The shell must be bash 4 or later.

    zsh: a file _energyctl in a directory of $fpath, named in ~/.zshrc before compinit runs:
    fpath=(~/.zfunc $fpath); autoload -U compinit; compinit

    fish: ~/.config/fish/completions/energyctl.fish

    Examples:
    energyctl completion bash > ~/.local/share/bash-completion/completions/energyctl
    energyctl completion zsh > ~/.zfunc/_energyctl
    energyctl completion fish > ~/.config/fish/completions/energyctl.fish
    """
    root = ctx.find_root().command
    assert isinstance(root, Group)
    session_of(ctx).out.text(completion_script(root, shell))
