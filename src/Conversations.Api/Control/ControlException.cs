namespace Conversations.Api.Control;

/// <summary>Ends a request to /control. It becomes the problem of the answer.</summary>
public sealed class ControlException(int status, string detail) : Exception(detail)
{
    public int Status { get; } = status;
}
