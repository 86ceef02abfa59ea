namespace Conversations.Tests.SwaggerUi;

/// <summary>A fact that needs a browser.</summary>
public sealed class NeedsChromiumAttribute() : NeedsAttribute(Chromium.Unavailable);
