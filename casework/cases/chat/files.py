"""Pictures that come with a complaint."""

from casework.dialogues.forms import Accepted, Answers, Context, Read, Retry


def take_file(context: Context, answers: Answers, file_id: str, remark: str = "") -> Read:
    """Adds a file to the answers, up to the limit."""
    files: list[str] = list(answers.get("files", ()))
    if len(files) >= context.settings.case_files_max:
        return Retry(f"وصلت {len(files)} ملفات، وهذا هو الحد. هذه الأخيرة لم نأخذها.")
    return Accepted({"files": list(dict.fromkeys((*files, file_id)))}, remark=remark)
