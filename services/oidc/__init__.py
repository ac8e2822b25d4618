"""Unified authentication 统一身份认证 by OpenID Connect: this installation as the client of one provider.

The only room that knows Authlib and joserfc, and that asks the provider anything. It knows no table: whose account a subject
is, and whether that may enter, is decided in `services.vouching`. Everything here happens outside of transactions.
"""
