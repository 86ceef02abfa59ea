namespace Conversations.TestSupport;

/// <summary>The databases the server runs on.</summary>
public enum Store
{
    Sqlite,
    Postgres,
}
