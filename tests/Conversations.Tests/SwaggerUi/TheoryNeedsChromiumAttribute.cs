namespace Conversations.Tests.SwaggerUi;

/// <summary>A theory that needs a browser.</summary>
public sealed class TheoryNeedsChromiumAttribute() : TheoryNeedsAttribute(Chromium.Unavailable);
