"""What a customer is written with a link to confirm; a line whose placeholder has no value is left out."""

LETTERS = {
    "en": (
        "Hello {{{{customer.name}}}},\n\n"
        "we believe that your matter (number #{{{{ticket.id}}}}) is solved. Please tell us whether it is:\n\n"
        "{link}\n\n"
        "The link holds for {days} days and takes one answer. If it is not solved, write there what is still wrong: "
        "we go on at once.\n\n"
        "{{{{brand.name}}}}"
    ),
    "zh-CN": (
        "{{{{customer.name}}}}，您好！\n\n"
        "您反映的问题（工单 #{{{{ticket.id}}}}）我们已处理，请点击以下链接确认是否已解决：\n\n"
        "{link}\n\n"
        "链接 {days} 天内有效，只能提交一次。如未解决，请在页面上写明情况，我们会立即继续处理。\n\n"
        "{{{{brand.name}}}}"
    ),
}
