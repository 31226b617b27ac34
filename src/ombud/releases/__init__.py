"""Release and change notes: what product teams change, told two weeks ahead, so that nobody hears it from a customer.

Words: a *note* (发布说明) announces a release or a change; its *readiness list* (就绪清单) says what must be there
before it goes live; *go* or *no-go* (放行, 不放行) is decided by who may; agents' *questions* have owner and date.
Never decides by itself: an open list warns, people say go.
"""
