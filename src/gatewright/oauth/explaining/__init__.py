"""What a token is, whom it is for, whether it is good, and what to change when it is not.

For people who hold a token that somebody refused: the command ``gatewright explain`` prints it.
Nothing here grants anything, and an explanation never repeats the token.
"""

from gatewright.oauth.explaining.explainer import Explainer
from gatewright.oauth.explaining.explanation import Explanation
from gatewright.oauth.explaining.jwts import JwtExplainer

__all__ = ["Explainer", "Explanation", "JwtExplainer"]
