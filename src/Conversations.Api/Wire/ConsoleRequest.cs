namespace Conversations.Api.Wire;

/// <summary>Marks the requests of the console, the page that shows an account.</summary>
public static class ConsoleRequest
{
    public const string Header = "X-Conversations-Console";

    /// <summary>
    /// Whether the console only reads. It does so again and again while it is open, which is not what the caller's
    /// program did.
    /// </summary>
    public static bool IsReadOfConsole(this HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.ContainsKey(Header);
}
