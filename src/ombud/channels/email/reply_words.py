"""The words by which mail programs of many languages introduce what they quote.

Bars separate the entries of each list, as in a regular expression.
"""

import re


def _list(block: str) -> tuple[str, ...]:
    return tuple(entry for line in block.split("\n") for entry in line.strip().split("|") if entry)


WROTE = _list(
    """
    wrote|writes|said|a écrit|écrit|a ecrit|schrieb|schreibt|hat geschrieben|geschrieben|escribió|escribio
    ha escrito|escribe|ha scritto|scrive|escreveu|ha escrit|va escriure|schreef|geschreven|het volgende geschreven
    skrev følgende|skrev|skrifaði|kirjoitti|napisał(a)|napisała|napisał|napisali|pisze|napsal(a)|napsal|napsala
    napísal(a)|napísal|napísala|je napisao/la|je napisao|je napisala|написал(а)|написал|написала|пишет|писал
    писал(а)|написа|написав|пише|писав|έγραψε|a scris|scris|írta|ezt írta|yazdı|şunu yazdı|kirjutas|rakstīja|rašė
    napisala|napisal|napisao|parašė|menulis|viết|đã viết|เขียนว่า|เขียน|写道|寫道|写到|來信|написано
    wrote as follows|のメール|は書きました|さんは書きました|が書きました|書きました|님이 작성|님의 말|작성|כתב|כתבה
    כתב|كتب|idatzi du
    """
)
STARTS = _list(
    """
    on|am|le|el|il|em|op|den|på|pe|dne|dňa|dnia|w dniu|в|на|στις|tarihinde|pada|vào|at|in|på den|ma|dana|在|于|於|a
    lúc|el dia|missatge de|v|lunedì|ב-|בתאריך|في|quoting|zitat von|citando
    """
)
_FROM = _list(
    """
    from|von|de|da|van|från|fra|lähettäjä|od|от|від|од|feladó|kimden|gönderen|από|发件人|寄件人|寄件者|發件人|差出人
    送信者|보낸 사람|보낸사람|보낸이|dari|từ|จาก|من|מאת|expéditeur|remitente|mittente|remetente|afzender|absender
    saatja|odesílatel|odosielateľ|pošiljatelj|expeditor|nuo|no|avsändare
    """
)
_OTHERS = _list(
    """
    sent|date|to|cc|bcc|subject|reply-to|reply to|importance|priority|resent-from|organization|attachments|gesendet
    datum|an|betreff|antwort an|antwort|blindkopie|kopie|wichtigkeit|envoyé|envoyé le|date d'envoi|à|objet|copie à
    répondre à|destinataire|destinataires|enviado|enviado el|enviado em|enviada em|enviada|fecha|data|para|asunto
    assunto|responder a|destinatario|inviato|a|oggetto|rispondi a|risposta a|ccn|per|per conoscenza|data e ora
    verzonden|aan|onderwerp|antwoord aan|antwoorden aan|verstuurd|skickat|till|ämne|kopia|svar till|sendt|dato|til
    emne|kopi|lähetetty|päivämäärä|vastaanottaja|aihe|kopio|wysłano|wysłane|do|temat|dw|odpowiedź do|odesláno|komu
    předmět|odoslané|predmet|poslano|za|zadeva|отправлено|кому|тема|дата|копия|ответить|надіслано|копія|изпратено
    относно|elküldve|címzett|tárgy|másolatot kap|dátum|gönderildi|kime|konu|tarih|gönderme tarihi|bilgi|αποστολή
    στάλθηκε|προς|θέμα|ημερομηνία|κοιν.|trimis|trimis la|către|subiect|subiectul|发送时间|发送日期|日期|时间|收件人
    抄送|密送|主题|回复|传送时间|已发送|重要性|附件|傳送時間|寄件日期|寄件時間|發送時間|收件者|副本|主旨|主題|時間
    已傳送|回覆|送信日時|日時|宛先|件名|送信日|受信者|보낸 날짜|날짜|받는 사람|받는사람|받는이|제목|참조|보냄|보낸 시간
    tanggal|kepada|perihal|subjek|dikirim|ngày|đến|tới|chủ đề|đã gửi|ถึง|วันที่|เรื่อง|ส่ง|إلى|الموضوع|التاريخ|تاريخ
    أرسلت|אל|נושא|תאריך|נשלח
    """
)
_MARKER_WORDS = _list(
    """
    original message|replied message|original mail|original email|forwarded message|forwarded by|begin forwarded
    forward message|fwd message|original-nachricht|originalnachricht|ursprüngliche nachricht|ursprungliche nachricht
    weitergeleitete nachricht|originalmeddelande|message original|message d'origine|message transféré
    message initial|mensaje original|mensaje reenviado|messaggio originale|messaggio inoltrato|messaggio originario
    mensagem original|mensagem encaminhada|oorspronkelijk bericht|originele bericht|origineel bericht
    doorgestuurd bericht|ursprungligt meddelande|ursprungsmeddelande|vidarebefordrat meddelande|vidarebefordrat mail
    oprindelig meddelelse|original meddelelse|videresendt meddelelse|opprinnelig melding|videresendt melding
    alkuperäinen viesti|välitetty viesti|wiadomość oryginalna|wiadomość przekazana|oryginalna wiadomość
    przekazana wiadomość|treść oryginalnej wiadomości|původní zpráva|původní e-mail|přeposlaná zpráva|pôvodná správa
    preposlaná správa|исходное сообщение|пересылаемое сообщение|перенаправленное сообщение|пересланное сообщение
    оригинальное сообщение|переслане повідомлення|оригінальне повідомлення|початкове повідомлення|eredeti üzenet
    továbbított üzenet|orijinal mesaj|özgün ileti|iletilen mesaj|yönlendirilen ileti|αρχικό μήνυμα|προωθημένο μήνυμα
    mesaj original|mesajul original|mesaj redirecționat|originalna poruka|izvorna poruka|izvorno sporočilo
    исходное письмо|пересылаемое письмо|原始邮件|原邮件|转发邮件|转发的邮件|转发信息|回复的原邮件|回复的邮件
    邮件原件|邮件原文|原始郵件|原始信件|轉寄郵件|轉寄的郵件|轉寄訊息|轉寄信件|原始訊息|元のメッセージ|元のメール
    転送メッセージ|オリジナルメッセージ|원본 메시지|받은 메일 내용|회신 메시지|원본 메일|전달된 메시지|pesan asli
    pesan terusan|thư gốc|tin nhắn gốc|ข้อความต้นฉบับ|الرسالة الأصلية|رسالة معاد توجيهها|הודעה מקורית|הודעה שהועברה
    algne kiri|alkuperäinen sähköposti|missatge original
    """
)
_ABOVE = _list(
    """
    reply above this line|please reply above this line|type your reply above|write above this line
    please type your reply above|请在此行上方回复|請在此行上方回覆|在此行上方回复|请在此线上方回复
    """
)
# Regular expressions, one a line: alternatives inside them use bars.
_DEVICE = tuple(
    line.strip()
    for line in [
        r"",
        r"    <*\(?sent (?:from|by) (?:my |a |the |an )?\S.{0,80}",
        r"    sent (?:via|with|using|through) (?:the )?\S+(?: \S+){0,5}",
        r"    from (?:my )?(?:i?phone|ipad|ipod|android|mobile|tablet).{0,40}",
        r"    .{0,30}\bfrom (?:my )?(?:mobile|iphone|ipad|phone)\b.{0,20}",
        r"    get (?:\[?outlook|outlook|the mail app|bluemail).{0,80}",
        r"    (?:outlook|blackberry|bluemail|spark|mailspring) (?:for|voor|für|pour|para) .{0,60}",
        r"    envoyé? (?:de|depuis|à partir de|avec|via|d').{0,80}",
        r"    télécharge[rz] outlook.{0,60}",
        r"    von meinem .{0,60}gesendet\.?",
        r"    gesendet (?:von|mit|über|aus).{0,80}",
        r"    diese nachricht wurde von .{0,80}gesendet\.?",
        r"    (?:holen sie sich|hol dir) outlook.{0,60}",
        r"    enviado (?:desde|do|de|da|a partir|con|com|via|por) .{0,80}",
        r"    enviada (?:desde|do) .{0,60}",
        r"    obtene?r outlook.{0,60}",
        r"    inviato (?:da|dal|dall'|con|tramite) ?.{0,80}",
        r"    ottieni outlook.{0,60}",
        r"    verzonden (?:vanaf|met|via|van) .{0,80}",
        r"    verstuurd vanaf .{0,60}",
        r"    outlook .{0,20}downloaden.{0,40}",
        r"    skickat från .{0,60}",
        r"    skickades från .{0,60}",
        r"    sendt fra .{0,60}",
        r"    lähetetty .{0,60}",
        r"    odesláno (?:z|ze|pomocí) .{0,60}",
        r"    odoslané z .{0,60}",
        r"    wysłane? (?:z|za pomocą|przez) .{0,60}",
        r"    отправлено (?:с|из|со) .{0,60}",
        r"    надіслано (?:з|із) .{0,60}",
        r"    .{0,20}'?(?:den|dan) gönderildi\.?",
        r"    στάλθηκε από .{0,60}",
        r"    trimis de pe .{0,60}",
        r"    küldve .{0,60}",
        r"    [发發](?:送)?自我?的? ?.{1,40}",
        r"    从我的.{1,40}[发發]送",
        r"    從我的.{1,40}(?:傳送|寄出)",
        r"    来自.{0,20}(?:手机|iphone|ipad|邮箱).{0,20}",
        r"    [\w ]*から送信(?:されました)?。?",
        r"    .{0,20}나의 .{1,30}에서 보냄",
        r"    .{0,30}에서 보냄",
        r"    dikirim dari .{0,60}",
        r"    được gửi từ .{0,60}",
        r"    gửi từ .{0,60}",
        r"    ส่งจาก.{0,60}",
        r"    أرسلت من .{0,60}",
        r"    נשלח מ.{0,60}",
        r"    发送自 ?windows.{0,40}",
        r"    通过.{0,20}(?:手机|邮箱|客户端)发送.{0,10}",
        r"    sent on the go.{0,40}",
        r"    签名由.{1,20}定制",
        r"    bidalita .{0,60}",
        r"    ",
    ]
    if line.strip()
)


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


WROTE_PATTERN = re.compile(
    rf"(?<![\w])(?:{_any(WROTE)})(?!\w)|(?:写道|寫道|のメール|書きました|작성|เขียน)", re.IGNORECASE
)
START_PATTERN = re.compile(rf"(?:{_any(STARTS)})(?:[\s,:]|(?<=[在于於])|$)", re.IGNORECASE)
LABEL_PATTERN = re.compile(
    rf"[*_\s]*({_any(_FROM + _OTHERS)})[*_]{{0,2}}\s{{0,3}}[:\uff1a][*_]{{0,2}}(?:\s|$|[^/\s])", re.IGNORECASE
)
FROM_PATTERN = re.compile(rf"[*_\s]*({_any(_FROM)})[*_]{{0,2}}\s{{0,3}}[:\uff1a]", re.IGNORECASE)
_INTRODUCTIONS = _list(
    """
    begin forwarded message|début du message transféré|début du message réexpédié|anfang der weitergeleiteten nachricht
    anfang der weitergeleiteten e-mail|inizio messaggio inoltrato|inicio del mensaje reenviado
    início da mensagem encaminhada|begin doorgestuurd bericht|vidarebefordrat brev|начало переадресованного сообщения
    转发的邮件|以下是转发的邮件|開始轉寄郵件|転送されたメッセージ
    """
)
MARKER_PATTERN = re.compile(
    rf"[-_=\s*#]*(?:[-_=*]{{2,}}[\s\[]*(?:{_any(_MARKER_WORDS)})[^\w]{{0,4}}.{{0,60}}?[-_=*]*\s*$"
    rf"|-{{3,}}\s*original\s*-{{3,}}\s*$|(?:{_any(_INTRODUCTIONS)})\s*[:\uff1a]\s*$)",
    re.IGNORECASE,
)
# Without the dashes: only where a block of headers follows.
BARE_MARKER_PATTERN = re.compile(rf"\s*(?:{_any(_MARKER_WORDS)})\s*[:\uff1a]?\s*", re.IGNORECASE)
ABOVE_PATTERN = re.compile(rf"[\W_]*(?:{_any(_ABOVE)})", re.IGNORECASE)
DEVICE_PATTERN = re.compile(rf"\s*(?:{'|'.join(_DEVICE)})\s*", re.IGNORECASE)
