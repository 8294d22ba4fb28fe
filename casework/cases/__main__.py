"""`python -m casework.cases`: the register, sample data, figures, and the staff's work on a case."""

import typer

from casework.cases.commands import reading, register, staff

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Complaints and suggestions.")
agents_app = typer.Typer(help="The register of agents and supply centres.")
sample_app = typer.Typer(help="Made-up agents and cases, marked as samples.")
app.add_typer(agents_app, name="agents")
app.add_typer(sample_app, name="sample")

for command in (staff.assign, staff.investigate, staff.uphold, staff.reject, staff.close, staff.note):
    app.command()(command)
app.command()(reading.show)
app.command("list")(reading.list_cases)
app.command()(reading.report)
agents_app.command("import")(register.import_agents)
sample_app.command("load")(register.load_sample)


if __name__ == "__main__":
    app()
