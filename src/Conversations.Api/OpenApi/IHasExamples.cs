using Conversations.Api.Accounts;

namespace Conversations.Api.OpenApi;

/// <summary>A resource that shows in the OpenAPI document what an answer looks like.</summary>
public interface IHasExamples<TSelf>
    where TSelf : IHasExamples<TSelf>
{
    /// <summary>
    /// Examples that are made of stored rows, as answers are. A list shows all of them, any other answer shows the
    /// first.
    /// </summary>
    static abstract IReadOnlyList<TSelf> Examples(RequestScope scope);
}
