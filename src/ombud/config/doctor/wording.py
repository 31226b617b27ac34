"""Every finding in English and Chinese, with the way to mend it."""

from typing import NamedTuple


class Wording(NamedTuple):
    """One finding in both languages."""

    en: str
    zh: str
    mend_en: str = ""
    mend_zh: str = ""


WORDING: dict[str, Wording] = {
    "settings_ok": Wording("the settings are valid", "设置有效"),
    "settings_wrong": Wording("{problem}", "{problem}", "correct this environment variable", "请更正这个环境变量"),
    "variable_unknown": Wording(
        "{name} is set, but it is no setting of Ombud and changes nothing",
        "设置了 {name}，但它不是 Ombud 的配置项，不起任何作用",
        "did you mean {near}?",
        "是否想写 {near}？",
    ),
    "public_url_ok": Wording("people reach the desk at {url}", "访问地址为 {url}"),
    "public_url_missing": Wording(
        "links lead to {url}, but the desk listens on other networks, too",
        "链接指向 {url}，但系统也在其他网络上监听",
        "set PUBLIC_URL to the address that people type in",
        "请将 PUBLIC_URL 设为用户实际访问的地址",
    ),
    "public_url_plain": Wording(
        "{url} is not encrypted: passwords and messages can be read on the way",
        "{url} 未加密：密码和消息在传输中可能被读取",
        "put a proxy with a certificate before it and set PUBLIC_URL to https://…",
        "请在前面部署带证书的反向代理，并将 PUBLIC_URL 设为 https://…",
    ),
    "public_url_path": Wording(
        "PUBLIC_URL has more than a host: {url}",
        "PUBLIC_URL 除主机外还有其他内容：{url}",
        "give scheme and host only, such as https://desk.example.com",
        "只填写协议和主机，例如 https://desk.example.com",
    ),
    "data_ok": Wording("the data folder {path} can be written to", "数据目录 {path} 可写"),
    "data_closed": Wording(
        "the data folder {path} cannot be written to: {problem}",
        "数据目录 {path} 不可写：{problem}",
        "run as the user who owns it, or set OMBUD_DATA",
        "请使用该目录所属用户运行，或设置 OMBUD_DATA",
    ),
    "disk_ok": Wording("{gib} GiB are free", "磁盘剩余 {gib} GiB"),
    "disk_low": Wording(
        "only {gib} GiB ({percent} %) are free below {path}",
        "{path} 所在磁盘仅剩 {gib} GiB（{percent} %）",
        "free some space: old backups first; the database stops when the disk is full",
        "请清理空间（先清理旧备份）；磁盘写满后数据库会停止工作",
    ),
    "key_ok": Wording("the key {id} is here and private", "主密钥 {id} 存在且仅本用户可读"),
    "key_none_yet": Wording("there is no key yet; the first start makes it", "尚无主密钥，首次启动时会生成"),
    "key_missing": Wording(
        "the key is missing, and {count} stored secrets need it",
        "缺少主密钥，有 {count} 个已存机密需要它",
        "put the kept key into {path}, or restore a backup with --ask-passphrase",
        "请将备份的密钥放回 {path}，或使用 --ask-passphrase 恢复备份",
    ),
    "key_wrong": Wording(
        "the key cannot be used: {problem}",
        "主密钥无法使用：{problem}",
        "put the kept key into {path}",
        "请将备份的密钥放回 {path}",
    ),
    "key_open": Wording(
        "others on this machine can read the key {path}",
        "本机其他用户可以读取密钥文件 {path}",
        "run: chmod 600 {path}",
        "请运行：chmod 600 {path}",
    ),
    "secrets_ok": Wording("all {count} stored secrets open", "{count} 个已存机密全部可解密"),
    "secrets_closed": Wording(
        "{count} of {total} stored secrets do not open with this key, the first is {first}",
        "{total} 个已存机密中有 {count} 个无法用当前密钥解密，第一个是 {first}",
        "add the old key to {path} on a line of its own, or enter these passwords again",
        "请将旧密钥另起一行加入 {path}，或重新填写这些密码",
    ),
    "files_ok": Wording("files can be stored", "文件可以正常存取"),
    "files_closed": Wording(
        "files cannot be stored in {path}: {problem}",
        "文件无法存入 {path}：{problem}",
        "see that the folder belongs to the user who runs Ombud, and that the disk is not full",
        "请确认该目录属于运行 Ombud 的用户，且磁盘未满",
    ),
    "port_ours": Wording("the desk answers on port {port}", "系统正在端口 {port} 上应答"),
    "bus_ok": Wording("the NATS server {place} answers", "NATS 服务器 {place} 可用"),
    "bus_away": Wording(
        "the NATS server {place} does not answer: {problem}",
        "NATS 服务器 {place} 没有响应：{problem}",
        "start it, or correct BUS_URL; until then processes notice each other's work a second or two late",
        "请启动它，或更正 BUS_URL；在此之前各进程会晚一两秒才发现彼此的工作",
    ),
    "port_free": Wording("the desk is not running; port {port} is free", "系统未运行；端口 {port} 空闲"),
    "port_sick": Wording(
        "the desk on port {port} says that it is not well (status {status})",
        "端口 {port} 上的系统报告异常（状态 {status}）",
        "read its log; often the database is away",
        "请查看日志；通常是数据库不可用",
    ),
    "port_taken": Wording(
        "another program uses port {port}",
        "端口 {port} 被其他程序占用",
        "stop that program, or set OMBUD_PORT to another port",
        "请停止该程序，或将 OMBUD_PORT 设为其他端口",
    ),
    "pages_ok": Wording("the pages are built", "前端页面已构建"),
    "pages_missing": Wording(
        "the pages of {part} are not built",
        "{part} 的前端页面尚未构建",
        "run: ./ombud build",
        "请运行：./ombud build",
    ),
    "database_none_yet": Wording("there is no database yet; the first start makes it", "尚无数据库，首次启动时会创建"),
    "database_away": Wording(
        "the database does not answer: {problem}",
        "数据库无应答：{problem}",
        "start it, and check DATABASE_URL, its password and the network",
        "请启动数据库，并检查 DATABASE_URL、密码和网络",
    ),
    "database_gone": Wording(
        "the database is not in {path}, but a key or files of a desk are here",
        "{path} 中没有数据库，但此处有工单系统的密钥或文件",
        "put the folder back, or run: ombud restore FILE; the next start makes an empty database",
        "请放回该文件夹，或运行：ombud restore FILE；否则下次启动会创建空数据库",
    ),
    "database_down": Wording(
        "the private database does not start: {problem}",
        "内置数据库无法启动：{problem}",
        "do what it says; if files are damaged, move {path} aside and run: ombud restore FILE",
        "请按提示处理；如文件已损坏，请移走 {path}，再运行：ombud restore FILE",
    ),
    "version_ok": Wording("PostgreSQL {version}", "PostgreSQL {version}"),
    "version_old": Wording(
        "PostgreSQL {version} is too old",
        "PostgreSQL {version} 版本过低",
        "use PostgreSQL 15 or newer",
        "请使用 PostgreSQL 15 或更高版本",
    ),
    "encoding_ok": Wording("the database keeps every character (UTF8)", "数据库编码为 UTF8"),
    "encoding_wrong": Wording(
        "the database's encoding is {encoding}: Chinese and emoji would be lost",
        "数据库编码为 {encoding}：中文和表情会丢失",
        "make a database with ENCODING 'UTF8' and restore a backup into it",
        "请新建编码为 UTF8 的数据库并将备份恢复到其中",
    ),
    "durable_ok": Wording(
        "what is committed is on disk (fsync, full_page_writes)", "提交的数据会落盘（fsync、full_page_writes）"
    ),
    "durable_not": Wording(
        "{setting} is off: a power cut loses or breaks data",
        "{setting} 已关闭：断电会丢失或损坏数据",
        "set {setting} = on in postgresql.conf and reload",
        "请在 postgresql.conf 中设置 {setting} = on 并重新加载",
    ),
    "checksums_ok": Wording("the database notices damaged pages (checksums)", "数据库启用了页校验"),
    "checksums_off": Wording(
        "the database does not notice damaged pages",
        "数据库未启用页校验，无法发现损坏",
        "stop it and run pg_checksums --enable",
        "请停止数据库并运行 pg_checksums --enable",
    ),
    "migrations_ok": Wording(
        "the schema is that of this version ({count} migrations)", "数据库结构与本版本一致（{count} 个迁移）"
    ),
    "migrations_pending": Wording(
        "{count} migrations are missing, the first is {first}",
        "缺少 {count} 个迁移，第一个是 {first}",
        "run: ombud migrate (ombud up does it by itself)",
        "请运行：ombud migrate（ombud up 会自动执行）",
    ),
    "migrations_newer": Wording(
        "{problem}", "数据库由更新的版本写入：{problem}", "install that version, or newer", "请安装该版本或更新的版本"
    ),
    "clock_ok": Wording("the clocks agree within {seconds} s", "时钟一致（相差 {seconds} 秒以内）"),
    "clock_skewed": Wording(
        "the clocks of this machine and of the database differ by {seconds} s",
        "本机与数据库的时钟相差 {seconds} 秒",
        "turn on time synchronisation (NTP) on both machines",
        "请在两台机器上启用时间同步（NTP）",
    ),
    "clock_absurd": Wording(
        "this machine believes that it is the year {year}",
        "本机时间显示为 {year} 年",
        "set the clock, then turn on time synchronisation (NTP)",
        "请校正时间并启用时间同步（NTP）",
    ),
    "clock_went_back": Wording(
        "the newest event is {seconds} s in the future: the clock was set back",
        "最新事件的时间比现在晚 {seconds} 秒：时钟曾被调回",
        "see that the clock is right now; times of that while stay wrong",
        "请确认当前时间正确；那段时间的记录无法更正",
    ),
    "connections_ok": Wording("{used} of {most} connections are in use", "已用连接 {used}/{most}"),
    "connections_full": Wording(
        "{used} of {most} connections are in use",
        "已用连接 {used}/{most}",
        "raise max_connections, or end what else uses this server",
        "请提高 max_connections，或停止其他占用该数据库的程序",
    ),
    "mail_none": Wording("there is no active mailbox", "没有启用的邮箱"),
    "mail_ok": Wording("the mailbox {name} works", "邮箱 {name} 正常"),
    "mail_untried": Wording(
        "the mailbox {name} was never connected to",
        "邮箱 {name} 从未连接过",
        "start the desk, or try: ombud doctor --connect",
        "请启动系统，或运行：ombud doctor --connect",
    ),
    "mail_failing": Wording(
        "the mailbox {name} fails ({part}, since {since}): {problem}",
        "邮箱 {name} 连接失败（{part}，自 {since}）：{problem}",
        "correct it on the settings page of the mailbox; QQ and 163 want an authorisation code, not the password",
        "请在邮箱设置页更正；QQ、163 需要填写授权码而不是密码",
    ),
    "store_ok": Wording("the newest {count} attachments are in the store", "最近的 {count} 个附件均在文件库中"),
    "store_gaps": Wording(
        "{count} of the newest {total} attachments are not in {path}, the first is {first}",
        "最近的 {total} 个附件中有 {count} 个不在 {path} 中，第一个是 {first}",
        "put the folder back from a backup; the desk works without them, but they cannot be opened",
        "请从备份中恢复该文件夹；系统可继续运行，但这些附件无法打开",
    ),
    "outbox_ok": Wording("nothing is stuck on its way out", "没有滞留的外发消息"),
    "outbox_stuck": Wording(
        "{count} messages should have been sent {minutes} minutes ago and more",
        "有 {count} 条消息超过 {minutes} 分钟仍未发出",
        "see that the worker runs (ombud up) and that the mailbox works",
        "请确认后台进程在运行（ombud up）且邮箱正常",
    ),
    "outbox_unconfirmed": Wording(
        "of {count} messages nobody knows whether they were sent",
        "有 {count} 条消息是否发出无法确认",
        "look at them on their tickets, then send again or dismiss them by hand",
        "请在工单中查看，然后手动重发或忽略",
    ),
    "outbox_failed": Wording(
        "{count} messages could not be sent in the last day",
        "最近一天有 {count} 条消息发送失败",
        "each ticket shows the reason; correct it and send again",
        "工单中会显示原因；更正后重发",
    ),
    "inbox_ok": Wording("nothing waits to be sorted in", "没有等待受理的来信"),
    "inbox_waiting": Wording(
        "{count} messages wait since more than {minutes} minutes to become tickets",
        "有 {count} 条消息等待超过 {minutes} 分钟仍未生成工单",
        "see that the worker runs: ombud up",
        "请确认后台进程在运行：ombud up",
    ),
    "inbox_set_aside": Wording(
        "{count} messages could not be read and were set aside",
        "有 {count} 条消息无法读取，已被搁置",
        "look at them under Settings, Intake; retry or dismiss them",
        "请在“设置 › 受理”中查看，重试或忽略",
    ),
    "events_ok": Wording("events flow", "事件流转正常"),
    "events_unnumbered": Wording(
        "{count} events wait since {seconds} s to be numbered: screens stand still",
        "有 {count} 个事件等待编号已 {seconds} 秒：页面不会更新",
        "see that the worker runs: ombud up",
        "请确认后台进程在运行：ombud up",
    ),
    "reader_behind": Wording(
        "the reader {name} is {count} events ({seconds} s) behind",
        "读者 {name} 落后 {count} 个事件（{seconds} 秒）",
        "see that the worker runs: ombud up; its log tells what fails",
        "请确认后台进程在运行：ombud up；失败原因见日志",
    ),
    "reader_problems": Wording(
        "the reader {name} set {count} events aside: {problem}",
        "读者 {name} 搁置了 {count} 个事件：{problem}",
        "report it with the log: this is an error in the program",
        "请附上日志反馈：这是程序错误",
    ),
    "webhooks_ok": Wording("webhooks are delivered", "Webhook 投递正常"),
    "webhook_paused": Wording(
        "the webhook {name} was paused on {day} because it kept failing",
        "Webhook {name} 因持续失败已于 {day} 暂停",
        "correct its receiver, test it, and start it again under Settings, Webhooks",
        "请修复接收方，测试后在“设置 › Webhook”中重新启用",
    ),
    "webhook_failing": Wording(
        "the webhook {name} fails since {day}",
        "Webhook {name} 自 {day} 起投递失败",
        "its delivery log tells why; it is paused after five days",
        "原因见投递记录；五天后会自动暂停",
    ),
}
